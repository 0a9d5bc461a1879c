import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../api/commands.ts";
import { reasonOf } from "../api/failure.ts";
import { keys } from "../api/queries.ts";
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { showToast } from "../components/toasts.ts";
import { useT } from "../i18n/language.tsx";
import { PasswordField } from "./fields/PasswordField.tsx";

type Props = {
  account: { id: string; email: string };
  onClose: () => void;
};

/** Asks for a password the server accepts. Nothing waiting is lost meanwhile, and it says so. */
export function SignInDialog({ account, onClose }: Props) {
  const t = useT();
  const client = useQueryClient();
  const { id, email } = account;
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | null>(null);
  const signIn = useMutation({
    mutationFn: () => api.signIn(id, password),
    onSuccess: () => {
      showToast({ text: t("signIn.done", { email }), seconds: 6, action: null });
      onClose();
    },
    onError: (failure) => setError(reasonOf(failure, t)),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.overview }),
        client.invalidateQueries({ queryKey: keys.health }),
      ]),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (signIn.isPending) return;
    if (password === "") setError(t("signIn.empty"));
    else signIn.mutate();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("signIn.title", { email })}
      description={t("signIn.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            variant="primary"
            type="submit"
            form="sign-in"
            keys="Enter"
            disabledReason={signIn.isPending ? t("signIn.busy") : null}
          >
            {t("signIn.do")}
          </Button>
        </>
      }
    >
      <form id="sign-in" onSubmit={submit}>
        <PasswordField
          label={t("signIn.password")}
          value={password}
          onChange={(value) => {
            setPassword(value);
            setError(null);
          }}
          error={error}
          autoFocus
        />
      </form>
    </Dialog>
  );
}
