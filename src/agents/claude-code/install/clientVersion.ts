export function clientVersion(..._a: unknown[]): never { throw new Error('stub'); }
