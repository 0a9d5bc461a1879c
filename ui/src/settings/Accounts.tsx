import { useQuery } from "@tanstack/react-query";
import { Ellipsis, KeyRound, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { AccountView, Overview } from "../api/bindings.ts";
import { overviewQuery } from "../api/queries.ts";
import { goTo, goToMail } from "../app/route.ts";
import { Button } from "../components/Button.tsx";
import { Dot } from "../components/Dot.tsx";
import { IconButton } from "../components/IconButton.tsx";
import { Menu } from "../components/Menu.tsx";
import { useFormat, useT } from "../i18n/language.tsx";
import { AccountDialog } from "../welcome/AccountDialog.tsx";
import styles from "./Accounts.module.css";
import { STATE_WORD } from "./account-state.ts";
import { RemoveAccount } from "./RemoveAccount.tsx";
import page from "./SettingsPage.module.css";
import { SignInDialog } from "./SignInDialog.tsx";

type Asked = { kind: "add" } | { kind: "remove" | "signIn"; account: AccountView } | null;

/** The mailboxes of this profile. `adding` opens the wizard for a new one. */
export function Accounts({ adding }: { adding: boolean }) {
  const t = useT();
  const overview = useQuery(overviewQuery);
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => {
    setAsked(null);
    if (adding) goTo({ page: "settings", section: "accounts" }, { replace: true });
  };
  const accounts = overview.data?.accounts ?? [];
  return (
    <>
      <div className={page.head}>
        <h2 className={page.heading}>{t("settings.accounts")}</h2>
        <Button icon={Plus} onClick={() => setAsked({ kind: "add" })}>
          {t("account.add")}
        </Button>
      </div>
      <ul className={page.card}>
        {accounts.map((account) => (
          <AccountRow
            key={account.id}
            account={account}
            overview={overview.data}
            onRemove={() => setAsked({ kind: "remove", account })}
            onSignIn={() => setAsked({ kind: "signIn", account })}
          />
        ))}
        {accounts.length === 0 && !overview.isPending ? (
          <li className={styles.none}>
            <span className={styles.email}>{t("account.none")}</span> {t("account.none.hint")}
          </li>
        ) : null}
      </ul>
      <AccountDialog
        open={adding || asked?.kind === "add"}
        onClose={close}
        onDone={() => {
          setAsked(null);
          goToMail({ scope: { kind: "role", role: "inbox" }, thread: null });
        }}
      />
      {asked?.kind === "remove" ? (
        <RemoveAccount
          account={asked.account}
          waiting={overview.data?.pending.operations ?? 0}
          onClose={close}
        />
      ) : null}
      {asked?.kind === "signIn" ? <SignInDialog account={asked.account} onClose={close} /> : null}
    </>
  );
}

type RowProps = {
  account: AccountView;
  overview: Overview | undefined;
  onRemove: () => void;
  onSignIn: () => void;
};

function AccountRow({ account, overview, onRemove, onSignIn }: RowProps) {
  const t = useT();
  const { email, state, why } = account;
  const needsYou = state === "needs_you";
  return (
    <li className={styles.row} data-needs={needsYou || undefined}>
      <Dot state={state} />
      <div className={styles.words}>
        <span className={styles.email} data-selectable>
          {email}
        </span>
        <span className={styles.facts}>{useFacts(account, overview)}</span>
      </div>
      <span className={styles.state} data-state={state} title={t.said(why)}>
        {t(STATE_WORD[state])}
      </span>
      {needsYou ? (
        <Button size="small" variant="primary" onClick={onSignIn}>
          {t("account.signIn")}
        </Button>
      ) : null}
      <Menu
        align="end"
        trigger={<IconButton icon={Ellipsis} label={t("account.more", { email })} />}
        items={[
          { id: "signIn", label: t("account.signIn"), icon: KeyRound, run: onSignIn },
          { id: "line", separator: true },
          {
            id: "remove",
            label: t("account.remove"),
            icon: Trash2,
            danger: true,
            run: onRemove,
          },
        ]}
      />
    </li>
  );
}

/** How much is here; while the first sync runs, how far it is. */
function useFacts(account: AccountView, overview: Overview | undefined): string {
  const t = useT();
  const format = useFormat();
  const messages = (overview?.folders ?? [])
    .filter((folder) => folder.account === account.id)
    .reduce((sum, folder) => sum + folder.total, 0);
  const { bodies, bodiesTotal } = account.backlog;
  const count = t("account.messages", { n: messages });
  if (bodies === 0 || bodiesTotal === 0) return count;
  const share = format.percent((bodiesTotal - bodies) / bodiesTotal);
  return `${count}. ${t("account.bodies", { share })}`;
}
