// Copies a text, and says whether it has.
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { words } from "./words.ts";

const SAID_MS = 2000;

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }): VNode {
  const { item } = words();
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(item.copied);
    } catch {
      setSaid(item.copyFailed); // it needs leave, or a page that is trusted
    }
  };
  return (
    <button type="button" class="quiet copy" aria-label={`${item.copy}: ${what}`} onClick={() => void copy()}>
      <Icon name="copy" />
      <span role="status">{said === "" ? item.copy : said}</span>
    </button>
  );
}
