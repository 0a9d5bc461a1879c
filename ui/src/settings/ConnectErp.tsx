import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../api/commands.ts";
import { erpKeys } from "../api/erp.ts";
import { reasonOf } from "../api/failure.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { showToast } from "../components/toasts.ts";
import { useT } from "../i18n/language.tsx";
import { PasswordField } from "./fields/PasswordField.tsx";
import { TextField } from "./fields/TextField.tsx";
import styles from "./Team.module.css";

const TOLD = 8;
const SERVICE = "https://main.metakocka.si";
const FORM = "connect-erp";

/** Where the key is entered. It goes to the team's server and stays nowhere here; without a team it is kept sealed here. */
export function ConnectErp({ alone, onClose }: { alone: boolean; onClose: () => void }) {
  const t = useT();
  const [fields, setFields] = useState({ baseUrl: SERVICE, company: "", key: "" });
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof fields>) => setFields((now) => ({ ...now, ...change }));
  const missing = {
    baseUrl: /^https?:\/\/\S+$/i.test(fields.baseUrl.trim()) ? null : t("erp.connect.url.missing"),
    company: fields.company.trim() === "" ? t("erp.connect.company.missing") : null,
    key: fields.key.trim() === "" ? t("erp.connect.key.missing") : null,
  };
  const client = useQueryClient();
  // What went wrong stands beside what was typed, which stays.
  const connect = useMutation({
    mutationFn: () => api.connectErp(fields),
    onSuccess: () => {
      const text = t(alone ? "erp.connect.done.alone" : "erp.connect.done");
      showToast({ text, seconds: TOLD, action: null });
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: erpKeys.all }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!connect.isPending && Object.values(missing).every((text) => text === null)) {
      connect.mutate();
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("erp.connect")}
      description={t(alone ? "erp.connect.text.alone" : "erp.connect.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            type="submit"
            form={FORM}
            variant="primary"
            disabledReason={connect.isPending ? t("erp.connect.busy") : null}
          >
            {t(connect.isPending ? "erp.connect.busy" : "erp.connect.do")}
          </Button>
        </>
      }
    >
      <form id={FORM} className={styles.form} onSubmit={submit} noValidate>
        <TextField
          label={t("erp.connect.url")}
          value={fields.baseUrl}
          onChange={(baseUrl) => set({ baseUrl })}
          error={tried ? missing.baseUrl : null}
          inputMode="url"
        />
        <TextField
          label={t("erp.connect.company")}
          value={fields.company}
          onChange={(company) => set({ company })}
          error={tried ? missing.company : null}
          inputMode="numeric"
          autoFocus
        />
        <PasswordField
          label={t("erp.connect.key")}
          value={fields.key}
          onChange={(key) => set({ key })}
          error={tried ? missing.key : null}
          hint=""
        />
        {connect.isError ? (
          <Banner tone="red">
            {t("erp.connect.failed")} {reasonOf(connect.error, t)}
          </Banner>
        ) : null}
      </form>
    </Dialog>
  );
}
