// Names of time units in both languages; the page of `ckpt view` has them, too.
import type { TimeUnits } from "../format.ts";
import type { Language } from "../language.ts";

export const TIME_UNITS: Readonly<Record<Language, TimeUnits>> = {
  en: { day: "d", hour: "h", minute: "m", second: "s", gap: " " },
  zh: { day: "天", hour: "小时", minute: "分", second: "秒", gap: "" },
};
