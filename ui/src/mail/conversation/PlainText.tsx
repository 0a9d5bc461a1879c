import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { Icon } from "../../components/Icon.tsx";
import { useT } from "../../i18n/language.tsx";
import type { LinkTarget } from "./frame-links.ts";
import { linkify } from "./linkify.ts";
import styles from "./PlainText.module.css";

type Props = {
  text: string;
  /** Quotes and signature, folded at first. */
  quoted: string;
  onOpen: (href: string) => void;
  onTarget: (target: LinkTarget | null) => void;
};

/** A text mail: our type, links found, the quoted rest behind a button. */
export function PlainText({ text, quoted, onOpen, onTarget }: Props) {
  const t = useT();
  const [shown, setShown] = useState(false);
  const links = { onOpen, onTarget };
  return (
    <div className={styles.text} data-selectable>
      {text.trim() === "" && quoted === "" ? (
        <p className={styles.none}>{t("conversation.empty.body")}</p>
      ) : (
        <Linked text={text.trimEnd()} {...links} />
      )}
      {quoted.trim() === "" ? null : (
        <>
          <button
            type="button"
            className={styles.fold}
            aria-expanded={shown}
            aria-label={t(shown ? "conversation.quoted.hide" : "conversation.quoted.show")}
            onClick={() => setShown(!shown)}
          >
            <Icon of={Ellipsis} />
          </button>
          {shown ? (
            <div className={styles.quoted}>
              <Linked text={quoted.trim()} {...links} />
            </div>
          ) : null}
        </>
      )}
    </div>
  );
}

function Linked({ text, onOpen, onTarget }: Omit<Props, "quoted">) {
  return linkify(text).map((segment, index) => {
    const { href } = segment;
    // biome-ignore lint/suspicious/noArrayIndexKey: segments of one text never reorder
    if (href === null) return <span key={index}>{segment.text}</span>;
    return (
      <a
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        key={index}
        href={href}
        draggable={false}
        onClick={(event) => {
          event.preventDefault();
          onOpen(href);
        }}
        onAuxClick={(event) => event.preventDefault()}
        onPointerEnter={() => onTarget({ href, lies: false })}
        onPointerLeave={() => onTarget(null)}
        onFocus={() => onTarget({ href, lies: false })}
        onBlur={() => onTarget(null)}
      >
        {segment.text}
      </a>
    );
  });
}
