import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { overviewQuery } from "../../api/queries.ts";
import { Icon } from "../../components/Icon.tsx";
import { Menu } from "../../components/Menu.tsx";
import { useT } from "../../i18n/language.tsx";
import type { SaveState } from "./autosave.ts";
import styles from "./ComposerHead.module.css";
import type { Fields } from "./fields.ts";
import { RecipientField } from "./RecipientField.tsx";
import { SavedMark } from "./SavedMark.tsx";

type Props = {
  fields: Fields;
  saved: SaveState;
  offline: boolean;
  /** A message of its own shows its subject open to change first; an answer keeps the thread's. */
  fresh: boolean;
  autoFocus: boolean;
  nobody: boolean;
  onChange: (next: Partial<Fields>) => void;
};

/** From, To, Cc, Bcc and Subject. Cc and Bcc show once they are used. */
export function ComposerHead(props: Props) {
  const { fields, saved, offline, autoFocus, nobody, onChange } = props;
  const t = useT();
  const [asked, setAsked] = useState({ cc: false, bcc: false });
  const cc = asked.cc || fields.cc.length > 0;
  const bcc = asked.bcc || fields.bcc.length > 0;
  return (
    <div className={styles.head}>
      <div className={styles.row}>
        <span className={styles.label}>{t("compose.from")}</span>
        <FromAccount account={fields.account} onChange={(account) => onChange({ account })} />
        <span className={styles.space} />
        <SavedMark saved={saved} offline={offline} />
      </div>
      <RecipientField
        label={t("compose.to")}
        people={fields.to}
        onChange={(to) => onChange({ to })}
        autoFocus={autoFocus}
        problem={nobody ? t("compose.people.missing") : null}
        aside={
          cc && bcc ? null : (
            <div className={styles.more}>
              {cc ? null : (
                <button type="button" onClick={() => setAsked({ ...asked, cc: true })}>
                  {t("compose.cc")}
                </button>
              )}
              {bcc ? null : (
                <button type="button" onClick={() => setAsked({ ...asked, bcc: true })}>
                  {t("compose.bcc")}
                </button>
              )}
            </div>
          )
        }
      />
      {cc ? (
        <RecipientField
          label={t("compose.cc")}
          people={fields.cc}
          onChange={(next) => onChange({ cc: next })}
          autoFocus={asked.cc}
        />
      ) : null}
      {bcc ? (
        <RecipientField
          label={t("compose.bcc")}
          people={fields.bcc}
          onChange={(next) => onChange({ bcc: next })}
          autoFocus={asked.bcc}
        />
      ) : null}
      <label className={styles.row}>
        <span className={styles.label}>{t("compose.subject")}</span>
        <input
          className={styles.subject}
          type="text"
          data-subject
          value={fields.subject}
          onChange={(event) => onChange({ subject: event.currentTarget.value })}
        />
      </label>
    </div>
  );
}

/** Which account it leaves from; a choice only where there is one. */
function FromAccount(props: { account: string; onChange: (account: string) => void }) {
  const { account, onChange } = props;
  const t = useT();
  const overview = useQuery(overviewQuery);
  const accounts = overview.data?.accounts ?? [];
  const email = accounts.find(({ id }) => id === account)?.email ?? "";
  if (accounts.length < 2) return <span className={styles.from}>{email}</span>;
  return (
    <Menu
      trigger={
        <button type="button" className={styles.from} aria-label={`${t("compose.from")}: ${email}`}>
          <span className={styles.email}>{email}</span>
          <Icon of={ChevronDown} size={14} />
        </button>
      }
      items={accounts.map(({ id, email: label }) => ({
        id,
        label,
        checked: id === account,
        run: () => onChange(id),
      }))}
    />
  );
}
