/** Packs many small records of one shape into one array of numbers and one list of distinct strings: a worker hands that
 *  over without copying, where objects would be cloned one by one. */

/** Fields of a record, by how they travel. */
export interface Shape<T> {
  numbers: readonly (keyof T & string)[];
  booleans: readonly (keyof T & string)[];
  strings: readonly (keyof T & string)[];
}

export interface Packed {
  count: number;
  values: Float64Array;
  strings: string[];
}

/** Packs records; strings are replaced by their position among the distinct ones. */
export function pack<T extends object>(records: readonly T[], shape: Shape<T>): Packed {
  const width = shape.numbers.length + shape.booleans.length + shape.strings.length;
  const values = new Float64Array(records.length * width);
  const places = new Map<string, number>();
  const strings: string[] = [];
  let at = 0;
  for (const record of records as readonly Readonly<Record<string, unknown>>[]) {
    for (const name of shape.numbers) values[at++] = record[name] as number;
    for (const name of shape.booleans) values[at++] = record[name] === true ? 1 : 0;
    for (const name of shape.strings) {
      const text = record[name] as string;
      let place = places.get(text);
      if (place === undefined) {
        place = strings.length;
        places.set(text, place);
        strings.push(text);
      }
      values[at++] = place;
    }
  }
  return { count: records.length, values, strings };
}

/** The records again. */
export function unpack<T extends object>(packed: Packed, shape: Shape<T>): T[] {
  const records: T[] = [];
  let at = 0;
  for (let n = 0; n < packed.count; n++) {
    const record: Record<string, unknown> = {};
    for (const name of shape.numbers) record[name] = packed.values[at++];
    for (const name of shape.booleans) record[name] = packed.values[at++] === 1;
    for (const name of shape.strings) record[name] = packed.strings[packed.values[at++] as number];
    records.push(record as T);
  }
  return records;
}
