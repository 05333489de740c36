import { UserError } from "../platform/errors.ts";

/** Input and output of tools, each said once: as a JSON Schema for the client, as a type for the compiler, and as a check for what comes in.
 *  It knows just what the tools here need; building it costs a process nothing. */

export type JsonSchema = { readonly [key: string]: unknown };

/** A value's schema and, for the compiler alone, its type. */
export interface Shape<T> {
  readonly json: JsonSchema;
  readonly isOptional?: boolean;
  readonly type?: T;
}

/** A field that may be absent. */
export interface OptionalShape<T> extends Shape<T> {
  readonly isOptional: true;
}

/** The type that a shape describes. */
export type Of<S> = S extends Shape<infer T> ? T : never;

type Fields = Readonly<Record<string, Shape<unknown>>>;
type OptionalKeys<F> = { [K in keyof F]: F[K] extends OptionalShape<unknown> ? K : never }[keyof F];
type Whole<F> = { [K in Exclude<keyof F, OptionalKeys<F>>]: Of<F[K]> } & {
  [K in OptionalKeys<F>]?: Of<F[K]> | undefined;
};

function described(json: JsonSchema, description: string | undefined): JsonSchema {
  return description === undefined ? json : { ...json, description };
}

export function text(description?: string, maxLength?: number): Shape<string> {
  return { json: described({ type: "string", ...(maxLength !== undefined && { maxLength }) }, description) };
}

export function choice<const V extends readonly string[]>(values: V, description?: string): Shape<V[number]> {
  return { json: described({ type: "string", enum: values }, description) };
}

export function whole(range: { min?: number; max?: number } = {}, description?: string): Shape<number> {
  const { min, max } = range;
  const bounds = { ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) };
  return { json: described({ type: "integer", ...bounds }, description) };
}

export function number(description?: string): Shape<number> {
  return { json: described({ type: "number" }, description) };
}

export function flag(description?: string): Shape<boolean> {
  return { json: described({ type: "boolean" }, description) };
}

export function list<T>(item: Shape<T>, description?: string): Shape<T[]> {
  return { json: described({ type: "array", items: item.json }, description) };
}

export function object<const F extends Fields>(fields: F, description?: string): Shape<Whole<F>> {
  const required = Object.keys(fields).filter((name) => fields[name]?.isOptional !== true);
  const properties = Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, shape.json]));
  const json = { type: "object", properties, ...(required.length > 0 && { required }), additionalProperties: false };
  return { json: described(json, description) };
}

/** Any value that JSON knows but a list or an object. */
export function scalar(): Shape<string | number | null> {
  return { json: { type: ["string", "number", "null"] } };
}

export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return { ...shape, isOptional: true };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  const { type, enum: values, ...rest } = shape.json as { type: string; enum?: readonly string[] };
  return { json: { ...rest, type: [type, "null"], ...(values !== undefined && { enum: [...values, null] }) } };
}

interface ArgumentSchema {
  type: "string" | "integer" | "boolean";
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

/** Checks the arguments of a call. Models write numbers and truth values as text now and then: those are taken for what they say; null
 *  counts as absent. Everything else that does not fit is a {@link UserError} in one sentence. */
export function argumentsOf<T>(shape: Shape<T>, given: unknown): T {
  const { properties, required = [] } = shape.json as {
    properties: Readonly<Record<string, ArgumentSchema>>;
    required?: readonly string[];
  };
  if (given === undefined || given === null) return argumentsOf(shape, {});
  if (typeof given !== "object" || Array.isArray(given))
    throw new UserError(`the arguments must be an object, but are ${shown(given)}`);
  const known = Object.keys(properties);
  const args: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (schema === undefined) {
      const hint = known.length === 0 ? "It takes no arguments." : `It takes: ${known.join(", ")}.`;
      throw new UserError(`there is no argument ${shown(name)}`, hint);
    }
    if (value !== null && value !== undefined) args[name] = argumentOf(name, schema, value);
  }
  for (const name of required)
    if (!Object.hasOwn(args, name)) throw new UserError(`the argument ${name} is missing`, hintOf(name, properties));
  return args as T;
}

function hintOf(name: string, properties: Readonly<Record<string, unknown>>): string {
  const { description } = properties[name] as { description?: string };
  return description === undefined ? `Give ${name}.` : `${name}: ${description}`;
}

function argumentOf(name: string, schema: ArgumentSchema, value: unknown): unknown {
  if (schema.type === "boolean") {
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    throw new UserError(`${name} must be true or false, but is ${shown(value)}`);
  }
  if (schema.type === "integer") {
    const figure = typeof value === "string" && /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : value;
    const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = schema;
    if (typeof figure === "number" && Number.isInteger(figure) && figure >= minimum && figure <= maximum) return figure;
    const range = schema.maximum === undefined ? `of ${minimum} or more` : `from ${minimum} to ${maximum}`;
    throw new UserError(`${name} must be a whole number ${range}, but is ${shown(value)}`);
  }
  const said = typeof value === "number" && Number.isFinite(value) ? String(value) : value;
  if (typeof said !== "string") throw new UserError(`${name} must be text, but is ${shown(value)}`);
  if (schema.enum !== undefined) return choiceOf(name, schema.enum, said);
  if (said.length > (schema.maxLength ?? Number.POSITIVE_INFINITY))
    throw new UserError(`${name} is too long: ${said.length} characters of at most ${schema.maxLength}`);
  return said;
}

function choiceOf(name: string, values: readonly string[], said: string): string {
  const found = values.find((value) => value.toLowerCase() === said.trim().toLowerCase());
  if (found !== undefined) return found;
  throw new UserError(`${name} must be one of ${values.join(", ")}, but is ${shown(said)}`);
}

const SHOWN = 80;

/** A value as an error repeats it: short, on one line. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > SHOWN ? `${json.slice(0, SHOWN)}...` : json;
}
