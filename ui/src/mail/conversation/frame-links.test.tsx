import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { type LinkTarget, placeLinks, takeLinks } from "./frame-links.ts";
import { onGround } from "./frame-style.ts";
import { LinkOverlay } from "./LinkOverlay.tsx";
import { LinkStatus } from "./LinkStatus.tsx";

const page = (body: string): Document =>
  new DOMParser().parseFromString(`<!doctype html><body>${body}`, "text/html");

describe("takeLinks", () => {
  it.each([
    ["web addresses", '<a href="https://a.example/x">A</a>', ["https://a.example/x"]],
    ["mail addresses", '<a href="mailto:ana@x.example">Ana</a>', ["mailto:ana@x.example"]],
    ["numbers to call", '<a href="tel:+38640111222">040</a>', ["tel:+38640111222"]],
    ["areas of a picture", '<map><area href="https://a.example/"></map>', ["https://a.example/"]],
    ["no scripts", '<a href=" javascript:alert(1)">A</a>', []],
    ["no files", '<a href="file:///etc/passwd">A</a>', []],
    ["no places in the page", '<a href="#top">A</a>', []],
  ])("keeps %s", (_, html, want) => {
    const doc = page(html);
    takeLinks(doc);
    expect(doc.querySelectorAll("[href]"), "the frame itself can go nowhere").toHaveLength(0);
    expect(placeLinks(doc).map(({ href }) => href)).toEqual(want);
  });

  it("names a link by its words, its picture, or where it goes", () => {
    const doc = page(
      '<a href="https://a.example/1">  two\n words </a><a href="https://a.example/2"><img alt="Logo"></a><a href="https://a.example/3"></a>',
    );
    takeLinks(doc);
    expect(placeLinks(doc).map(({ text }) => text)).toEqual([
      "two words",
      "Logo",
      "https://a.example/3",
    ]);
  });

  it("leaves nothing in the frame that takes the keyboard", () => {
    const doc = page('<button>A</button><input><p tabindex="0">B</p>');
    takeLinks(doc);
    const indexes = [...doc.querySelectorAll<HTMLElement>("[tabindex]")].map((it) => it.tabIndex);
    expect(indexes).toEqual([-1, -1, -1]);
  });
});

it("lays the window's own links over the mail's, and warns of one that lies", async () => {
  const doc = page('<a href="https://evil.example/x" data-kontor-lies="host">banka.example</a>');
  takeLinks(doc);
  const opened: string[] = [];
  const targets: (LinkTarget | null)[] = [];
  render(
    <LinkOverlay
      links={placeLinks(doc)}
      onOpen={(href) => opened.push(href)}
      onTarget={(target) => targets.push(target)}
    />,
  );
  const link = screen.getByRole("link", { name: /banka.example.*It opens evil.example/ });
  fireEvent.pointerEnter(link);
  await userEvent.click(link);
  expect(opened, "Rust opens it, the window goes nowhere").toEqual(["https://evil.example/x"]);
  expect(targets[0]).toEqual({ href: "https://evil.example/x", lies: true });
  const { container } = render(<LinkStatus target={targets[0] ?? null} />);
  expect(container.querySelector("[data-lies]")?.textContent).toMatch(/It opens evil.example/);
});

describe("onGround", () => {
  it.each([
    ["a whole document", "<!doctype html><html><head><title>x</title></head><body>a</body></html>"],
    ["a head with attributes", '<html><head profile="x"></head><body>a</body></html>'],
    ["a fragment", "<p>a</p>"],
  ])("puts our style before the mail's in %s", (_, html) => {
    const doc = new DOMParser().parseFromString(onGround(html, false), "text/html");
    expect(doc.head.firstElementChild?.tagName).toBe("STYLE");
    expect(doc.body.textContent).toBe("a");
  });

  it("takes the colours it is told", () => {
    expect(onGround("<p>a</p>", true)).toContain("color-scheme:dark");
    expect(onGround("<p>a</p>", false)).toContain("color-scheme:light");
  });
});
