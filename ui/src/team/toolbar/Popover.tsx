import { Popover as Base } from "@base-ui/react/popover";
import { X } from "lucide-react";
import { type KeyboardEvent, type ReactElement, type ReactNode, useRef, useState } from "react";
import { pressOf } from "../../actions/shortcuts.ts";
import { toggleTeamPanel } from "../../app/team-panel.ts";
import { IconButton } from "../../components/IconButton.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./Popover.module.css";

type Props = {
  /** The button that opens it. */
  trigger: ReactElement;
  title: string;
  /** Beside the title. */
  beside?: ReactNode;
  /** Cannot be opened now; the button says why. */
  blocked?: boolean;
  children: (close: () => void) => ReactNode;
};

/** What a part of the toolbar has to say: focus stays in it until it is left, and goes back to its button. */
export function Popover({ trigger, title, beside, blocked = false, children }: Props) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const popup = useRef<HTMLDivElement>(null);
  const close = () => setOpen(false);
  const press = (event: KeyboardEvent) => {
    if (pressOf(event.nativeEvent) !== "Mod+t") return;
    event.preventDefault();
    close();
    toggleTeamPanel();
  };
  return (
    <Base.Root open={open} onOpenChange={(next) => setOpen(next && !blocked)} modal="trap-focus">
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner
          className={styles.positioner}
          side="top"
          align="center"
          sideOffset={16}
          collisionPadding={8}
        >
          <Base.Popup
            ref={popup}
            className={styles.popup}
            onKeyDown={press}
            initialFocus={() =>
              popup.current?.querySelector<HTMLElement>("[data-autofocus]") ?? popup.current
            }
          >
            <header className={styles.head}>
              <Base.Title className={styles.title}>{title}</Base.Title>
              {beside}
              <Base.Close
                render={<IconButton icon={X} label={t("common.close")} keys="Escape" />}
              />
            </header>
            {children(close)}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
