import { objectOf, type Row } from "./rows.ts";

/** Whether a byte is a blank, a tab or a carriage return. */
export function isSpace(byte: number): boolean {
  return byte === 32 || byte === 13 || byte === 9;
}

/** Whether the rest of the data is a complete JSON object. */
export function isWholeObject(data: Buffer, start: number): boolean {
  return parseObject(data.toString("utf8", start, data.length).trim()) !== null;
}

/** The object that a text holds, or null for anything else. */
export function parseObject(text: string): Row | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Two or more JSON objects written on one line, or null when the line is not that. */
export function splitObjects(text: string): Row[] | null {
  const rows: Row[] = [];
  let start = 0;
  let seam = text.indexOf("}{", 0);
  while (seam >= 0 && rows.length < 1000) {
    const row = parseObject(text.slice(start, seam + 1));
    if (row !== null) {
      rows.push(row);
      start = seam + 1;
    }
    seam = text.indexOf("}{", seam + 1);
  }
  const last = parseObject(text.slice(start));
  if (rows.length === 0 || last === null) return null;
  rows.push(last);
  return rows;
}
