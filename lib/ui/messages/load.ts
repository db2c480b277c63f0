// Loads the texts of one language. English is there already: a part that is loaded by itself takes half a millisecond, and its texts are few.
import type { Language } from "../language.ts";
import { type Catalogue, en } from "./en.ts";

export async function loadCatalogue(language: Language): Promise<Catalogue> {
  return language === "zh" ? (await import("./zh.ts")).zh : en;
}
