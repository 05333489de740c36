/** What a menu bar shows, before any format has its say. Texts are plain and untrusted; every format escapes them its own way. */

/** How much a line asks for attention. */
export type Tone = "plain" | "dim" | "warn" | "alert";

export interface MenuItem {
  text: string;
  tone: Tone;
  /** Opened on a click, already checked to be http or https. */
  href?: string;
  /** Started in a terminal on a click: the program and its arguments. */
  command?: readonly string[];
  /** Runs the plugin again on a click. */
  refresh?: true;
  /** Drawn as bars before the text, where the format takes an image; as a sparkline where it takes none. */
  chart?: readonly number[];
  /** One level deeper; none of these has items of its own. */
  items?: readonly MenuItem[];
}

export interface Menu {
  title: string;
  tone: Tone;
  /** Use of the five-hour window, 0..100, null where it is not known. */
  percentage: number | null;
  /** Separated by lines. */
  sections: readonly (readonly MenuItem[])[];
  /** At the end, where something can be clicked. */
  actions: readonly MenuItem[];
}

/** A line without any action. */
export function line(text: string, tone: Tone = "plain"): MenuItem {
  return { text, tone };
}

/** An address as it may stand in any of the formats: http or https, nothing in it that ends a parameter. Null for anything else. */
export function safeHref(address: string): string | null {
  if (address.length > 2000) return null;
  const url = URL.parse(address);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:") || url.host === "") return null;
  return url.href.replace(/[|'"\\`<>\s]/g, (char) => encodeURIComponent(char).replace("'", "%27"));
}
