import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { useT } from "../i18n/language.tsx";
import styles from "./Dialog.module.css";
import { IconButton } from "./IconButton.tsx";

/** Where the focus goes first: to what is written in, not to the button that leaves. */
const WRITABLE = "[data-autofocus], input, textarea, select";

type Props = {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  /** Buttons at the foot, the safe one first. */
  footer?: ReactNode;
  width?: number;
  children?: ReactNode;
};

/** A modal window: focus is trapped, Escape closes, focus returns to where it was. */
export function Dialog(props: Props) {
  const { open, onClose, title, description, footer, width = 440, children } = props;
  const t = useT();
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className={styles.scrim} />
        <Base.Popup
          ref={popup}
          className={styles.dialog}
          style={{ inlineSize: width }}
          initialFocus={() => popup.current?.querySelector<HTMLElement>(WRITABLE) ?? popup.current}
        >
          <header className={styles.header}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            <Base.Close render={<IconButton icon={X} label={t("common.close")} keys="Escape" />} />
          </header>
          {description ? (
            <Base.Description className={styles.description}>{description}</Base.Description>
          ) : null}
          <div className={styles.body}>{children}</div>
          {footer ? <footer className={styles.footer}>{footer}</footer> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
