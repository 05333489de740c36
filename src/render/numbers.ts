export * from "../platform/numbers.ts";
