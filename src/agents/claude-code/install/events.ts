export function eventsFor(..._a: unknown[]): never { throw new Error('stub'); }
