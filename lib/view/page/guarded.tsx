// Draws its children. When one cannot be drawn, a sentence stands in their place, and the rest of the page goes on.
import type { ComponentChildren, VNode } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { words } from "./words.ts";

export function Guarded({ children }: { readonly children: ComponentChildren }): VNode {
  const [error] = useErrorBoundary();
  if (error === undefined) return <>{children}</>;
  return (
    <p class="notice bad" role="alert">
      {words().shell.notDrawn}
    </p>
  );
}
