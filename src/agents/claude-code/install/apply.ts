export function applyPlan(..._a: unknown[]): never { throw new Error('stub'); }
