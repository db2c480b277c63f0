// The words of the page in the chosen language. A component that reads them is drawn again when the language changes.
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import { causes as causesEn } from "../../ui/messages/causes/en.ts";
import { causes as causesZh } from "../../ui/messages/causes/zh.ts";
import type { BilingualText } from "../page-contract.ts";
import { en, type PageCatalogue } from "./messages/en.ts";
import { zh } from "./messages/zh.ts";
import { language } from "./preferences.ts";

const catalogue: ReadonlySignal<PageCatalogue> = computed(() => (language.value === "zh" ? zh : en));

export function words(): PageCatalogue {
  return catalogue.value;
}

effect(() => {
  document.documentElement.lang = words().tag;
});

const causes = computed(() => (language.value === "zh" ? causesZh : causesEn));

/** A text that the server gave in both languages, in the chosen one. */
export function inLanguage(both: BilingualText): string {
  return both[language.value];
}

/** The name of a kind of failure, in Chinese followed by the word that records have. */
export function kindName(kind: string): string {
  return causes.value.kind(kind);
}

/** A sentence of ckpt in the language of the page; other sentences stay as they are. */
export function causeText(english: string): string {
  return causes.value.text(english);
}
