// A button that copies a text, and says whether that worked.
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
      setSaid(item.copyFailed); // browsers allow it only where they trust the page
    }
  };
  return (
    <button type="button" class="quiet copy" aria-label={`${item.copy}: ${what}`} onClick={() => void copy()}>
      <Icon name="copy" />
      <span role="status">{said === "" ? item.copy : said}</span>
    </button>
  );
}
