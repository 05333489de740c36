export function renderDiff(..._a: unknown[]): never { throw new Error('stub'); }
