import type { ActTwin } from "../../api/bindings.ts";
import { Button } from "../../components/Button.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./Act.module.css";

type Props = {
  twins: readonly ActTwin[];
  onOther: ((notThese: readonly string[]) => void) | undefined;
};

/** Customers that are there already. One with the same tax number is never somebody else. */
export function Twins({ twins, onOther }: Props) {
  const t = useT();
  if (twins.length === 0) return null;
  return (
    <ul className={styles.twins} aria-label={t("act.twins")}>
      {twins.map(({ id, name, taxNumber, same }) => (
        <li key={id} className={styles.twin}>
          <span className={styles.twinName}>
            {name}
            <span className={styles.quiet}>
              {[t(`act.twin.${same}`), taxNumber].filter((part) => part !== "").join(", ")}
            </span>
          </span>
          {same === "tax_number" || onOther === undefined ? null : (
            <Button size="small" onClick={() => onOther([id])}>
              {t("act.twin.other")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
