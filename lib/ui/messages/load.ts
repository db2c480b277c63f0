// Loads the texts of one language; the other one's are not even read.
import type { Language } from "../language.ts";
import type { Catalogue } from "./catalogue.ts";

export async function loadCatalogue(language: Language): Promise<Catalogue> {
  return language === "zh" ? (await import("./zh.ts")).zh : (await import("./en.ts")).en;
}
