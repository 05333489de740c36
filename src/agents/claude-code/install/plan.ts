export function planInstall(..._a: unknown[]): never { throw new Error('stub'); }
export function planUninstall(..._a: unknown[]): never { throw new Error("stub"); }
export type Plan = { changed: boolean; before: string; after: string; notes: string[] };
