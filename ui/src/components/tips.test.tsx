import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Archive, Trash2 } from "lucide-react";
import { expect, it, vi } from "vitest";
import { IconButton } from "./IconButton.tsx";
import { TooltipProvider } from "./Tooltip.tsx";

function openButtons(why: string | null = null) {
  const onClick = vi.fn();
  const buttons = (reason: string | null) => (
    <TooltipProvider>
      <IconButton
        icon={Archive}
        label="Archive"
        keys="e"
        disabledReason={reason}
        onClick={onClick}
      />
      <IconButton icon={Trash2} label="Trash" />
    </TooltipProvider>
  );
  const { rerender } = render(buttons(why));
  return { user: userEvent.setup(), onClick, say: (reason: string) => rerender(buttons(reason)) };
}

const button = (name: string) => screen.getByRole("button", { name });
const gone = (text: string) => waitFor(() => expect(screen.queryByText(text)).toBeNull());

it("says a button's name and key when the pointer rests on it, then its neighbour's", async () => {
  const { user } = openButtons();
  await user.hover(button("Archive"));
  expect(screen.queryByText("Archive"), "not while the pointer only passes").toBeNull();
  expect((await screen.findByText("Archive")).parentElement?.textContent).toBe("ArchiveE");
  await user.hover(button("Trash"));
  await screen.findByText("Trash");
  await gone("Archive");
  await user.unhover(button("Trash"));
  await gone("Trash");
});

it("goes when its button is pressed, and does what the button does", async () => {
  const { user, onClick } = openButtons();
  await user.hover(button("Archive"));
  await screen.findByText("Archive");
  await user.click(button("Archive"));
  await gone("Archive");
  expect(onClick).toHaveBeenCalledOnce();
});

it("comes by keyboard at once and goes by Escape alone", async () => {
  const { user } = openButtons();
  await user.tab();
  await screen.findByText("Archive");
  await user.keyboard("{Escape}");
  await gone("Archive");
  expect(document.activeElement).toBe(button("Archive"));
});

it("says why a button is off, and follows what is said", async () => {
  const { user, onClick, say } = openButtons("Nothing is open.");
  await user.hover(button("Archive"));
  await screen.findByText("Archive. Nothing is open.");
  say("You are offline.");
  await screen.findByText("Archive. You are offline.");
  await user.click(button("Archive"));
  expect(onClick).not.toHaveBeenCalled();
});

it("does not come by touch", () => {
  openButtons();
  vi.useFakeTimers();
  try {
    const over = (pointerType: string) =>
      act(() => {
        fireEvent.pointerOver(document.body, { pointerType });
        fireEvent.pointerOver(button("Archive"), { pointerType });
        vi.advanceTimersByTime(10_000);
      });
    over("touch");
    expect(screen.queryByText("Archive")).toBeNull();
    over("mouse");
    expect(screen.queryByText("Archive"), "as it does by mouse").not.toBeNull();
  } finally {
    vi.useRealTimers();
  }
});
