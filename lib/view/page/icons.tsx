// Small drawings for buttons. They are hidden from screen readers, which read the label of the button.
import type { VNode } from "preact";

const PATHS = {
  sun: "M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.4 1.4M11.6 11.6 13 13M3 13l1.4-1.4M11.6 4.4 13 3M11 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7",
  half: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2v12",
  close: "M4 4l8 8M12 4l-8 8",
  up: "M4 10l4-4 4 4",
  down: "M4 6l4 4 4-4",
  search: "M11 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0M10 10l4 4",
  copy: "M6 5V3h7v8h-2M3 5.5h7V13H3z",
} as const;

export function Icon({ name }: { readonly name: keyof typeof PATHS }): VNode {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
