/** As much of React's own record of a component as is looked at. */
type Fiber = {
  /** The first bit: it was drawn with this change. */
  flags: number;
  type: unknown;
  /** How it stood before; null when it came with this change. */
  alternate: Fiber | null;
  child: Fiber | null;
  sibling: Fiber | null;
};

let counted: Map<string, number> | null = null;

/** Where React tells developers' tools what it has drawn; it looks for them once, before the first window. */
Reflect.set(globalThis, "__REACT_DEVTOOLS_GLOBAL_HOOK__", {
  isDisabled: false,
  supportsFiber: true,
  inject: () => 1,
  checkDCE: () => undefined,
  onCommitFiberRoot: (_: number, { current }: { current: Fiber }) => {
    if (counted !== null) count(current, counted);
  },
  onPostCommitFiberRoot: () => undefined,
  onCommitFiberUnmount: () => undefined,
});

function count(fiber: Fiber, into: Map<string, number>): void {
  const before = fiber.alternate;
  const name = nameOf(fiber.type);
  if (name !== "" && (before === null || (fiber.flags & 1) !== 0)) {
    into.set(name, (into.get(name) ?? 0) + 1);
  }
  // Nothing below it was drawn.
  if (before !== null && before.child === fiber.child) return;
  for (let child = fiber.child; child !== null; child = child.sibling) count(child, into);
}

/** The name of a component, behind `memo` and `forwardRef`, too; empty for elements of the page. */
function nameOf(type: unknown): string {
  if (typeof type === "function") return type.name;
  if (typeof type !== "object" || type === null) return "";
  return nameOf(Reflect.get(type, "type") ?? Reflect.get(type, "render"));
}

/** How often each component is drawn, by its name, while something is done. */
export async function drawnWhile(
  act: () => Promise<unknown>,
): Promise<(component: string) => number> {
  const counts = new Map<string, number>();
  counted = counts;
  try {
    await act();
  } finally {
    counted = null;
  }
  return (component) => counts.get(component) ?? 0;
}
