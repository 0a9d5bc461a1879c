import latinExt from "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2?url";
import latin from "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url";

/**
 * The ground a mail stands on: our type for mails that name none, and the frame's own rules.
 *
 * It goes before the mail's styles and weighs nothing (`:where`), so a mail that brings its own look keeps it.
 * The rules with `!important` keep the frame as tall as its content: a body of 100 % would follow the
 * frame while the frame follows the body.
 */
export const frameStyle = (dark: boolean): string => `<style>
@font-face{font-family:"Inter Variable";font-weight:100 900;src:url("${absolute(latinExt)}") format("woff2");unicode-range:U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113}
@font-face{font-family:"Inter Variable";font-weight:100 900;src:url("${absolute(latin)}") format("woff2");unicode-range:U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD}
:where(html){color-scheme:${dark ? "dark" : "light"};-webkit-text-size-adjust:100%;text-size-adjust:100%}
:where(body){margin:0;color:${dark ? "#ededea" : "#1b1b19"};font:14px/21px "Inter Variable",Inter,"Segoe UI",-apple-system,"Noto Sans","DejaVu Sans",sans-serif;letter-spacing:-.005em;overflow-wrap:break-word}
:where(p){margin:0 0 10px}
:where(a){color:${dark ? "#aeb4ff" : "#3f45b8"}}
:where(blockquote){margin:0 0 10px;padding-inline-start:12px;border-inline-start:2px solid ${dark ? "#3c3c40" : "#d5d5cf"};color:${dark ? "#bcbcb8" : "#52524c"}}
:where(img){max-inline-size:100%}
:where(img:not([height])){block-size:auto}
:where(hr){border:0;border-block-start:1px solid ${dark ? "#3c3c40" : "#d5d5cf"}}
:where(pre){white-space:pre-wrap}
html,body{block-size:auto!important;min-block-size:0!important;overflow:visible!important}
body{display:flow-root!important;max-inline-size:var(--kontor-pane)!important}
[data-kontor-link]{text-decoration-line:underline;text-underline-offset:2px}
[data-kontor-lies]{text-decoration-line:underline!important;text-decoration-style:wavy!important;text-decoration-color:${dark ? "#de9c2b" : "#b87608"}!important}
</style>`;

/** A frame made of a string has no address of its own to resolve against. */
const absolute = (url: string): string =>
  url.startsWith("data:") ? url : new URL(url, window.location.href).href;

/** Puts the ground first in the head, wherever the document has one. */
export const onGround = (html: string, dark: boolean): string => {
  const style = frameStyle(dark);
  const head = /<head(?:\s[^>]*)?>/iu.exec(html);
  if (head === null) return `<!doctype html><head>${style}</head>${html}`;
  const at = head.index + head[0].length;
  return html.slice(0, at) + style + html.slice(at);
};
