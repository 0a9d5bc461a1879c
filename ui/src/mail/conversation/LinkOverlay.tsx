import { useT } from "../../i18n/language.tsx";
import type { LinkTarget, PlacedLink } from "./frame-links.ts";
import styles from "./MailFrame.module.css";

type Props = {
  links: PlacedLink[];
  onOpen: (href: string) => void;
  onTarget: (target: LinkTarget | null) => void;
};

/**
 * The window's own links, lying over those of the mail: pointer, focus, keyboard and screen reader meet
 * these, and what they do is decided here.
 */
export function LinkOverlay({ links, onOpen, onTarget }: Props) {
  return links.map((link) => (
    <OverlaidLink key={link.key} link={link} onOpen={onOpen} onTarget={onTarget} />
  ));
}

function OverlaidLink({ link, onOpen, onTarget }: { link: PlacedLink } & Omit<Props, "links">) {
  const t = useT();
  const { href, lies, text, boxes } = link;
  const show = () => onTarget({ href, lies });
  const hide = () => onTarget(null);
  return (
    <a
      className={styles.link}
      href={href}
      draggable={false}
      onClick={(event) => {
        event.preventDefault();
        onOpen(href);
      }}
      onAuxClick={(event) => {
        event.preventDefault();
        if (event.button === 1) onOpen(href);
      }}
      onPointerEnter={show}
      onPointerLeave={hide}
      onFocus={show}
      onBlur={hide}
    >
      <span className="visually-hidden">
        {lies ? `${text}. ${t("conversation.link.lies", { host: hostOf(href), href })}` : text}
      </span>
      {boxes.map((box) => (
        <span
          key={`${box.x} ${box.y}`}
          className={styles.place}
          style={{
            insetInlineStart: box.x,
            insetBlockStart: box.y,
            inlineSize: box.width,
            blockSize: box.height,
          }}
        />
      ))}
    </a>
  );
}

/** The part of an address that decides who answers. */
export const hostOf = (href: string): string => {
  if (!URL.canParse(href)) return href;
  const url = new URL(href);
  return url.host || url.pathname;
};
