import { Eye, EyeOff, Lock } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Icon } from "../../components/Icon.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./Field.module.css";
import { TextField } from "./TextField.tsx";

type Props = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | null;
  /** What is said under it; without one, where it is kept. */
  hint?: ReactNode;
  autoFocus?: boolean;
};

/** A password: hidden unless asked, and where it is kept stands under it. */
export function PasswordField(props: Props) {
  const { label, value, onChange, hint, error = null, autoFocus = false } = props;
  const t = useT();
  const [shown, setShown] = useState(false);
  return (
    <TextField
      label={label}
      value={value}
      onChange={onChange}
      error={error}
      autoFocus={autoFocus}
      type={shown ? "text" : "password"}
      autoComplete="current-password"
      hint={
        hint ?? (
          <span className={styles.keychain}>
            <Icon of={Lock} size={14} />
            {t("password.keychain")}
          </span>
        )
      }
      end={
        <button
          type="button"
          className={styles.end}
          aria-label={t(shown ? "password.hide" : "password.show")}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          <Icon of={shown ? EyeOff : Eye} />
        </button>
      }
    />
  );
}
