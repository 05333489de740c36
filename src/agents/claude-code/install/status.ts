export function hookStatus(..._a: unknown[]): never { throw new Error('stub'); }
