import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { DocumentView } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { customerQuery } from "../../api/customers.ts";
import { useT } from "../../i18n/language.tsx";
import { TextField } from "../../settings/fields/TextField.tsx";
import { ActDialog } from "./ActDialog.tsx";
import { FormDialog } from "./FormDialog.tsx";
import { usePlan } from "./use-plan.ts";

type Props = { document: DocumentView; onClose: () => void };

/** Another state of a document. Which there are Metakocka does not list: those seen are offered, any can be typed. */
export function StatusDialog({ document, onClose }: Props) {
  const t = useT();
  const list = useId();
  const [status, setStatus] = useState("");
  const [tried, setTried] = useState(false);
  const { id, docType, kind } = document;
  const { data: dossier } = useQuery(customerQuery(document.customer));
  const alike = (dossier?.customer?.documents ?? []).filter((other) => other.kind === kind);
  const states = [...new Set(alike.map((other) => other.status))];
  const { planned, plan, edit } = usePlan((word: string) => api.planStatus({ id, docType }, word));
  if (planned) return <ActDialog planned={planned} onClose={onClose} onEdit={edit} />;
  return (
    <FormDialog
      title={`${t("act.setStatus")}: ${document.number}`}
      busy={plan.isPending}
      onClose={onClose}
      onNext={() => {
        setTried(true);
        if (status.trim() !== "") plan.mutate(status.trim());
      }}
    >
      <TextField
        label={t("act.status.choose")}
        list={list}
        hint={t("act.status.known")}
        value={status}
        error={tried && status.trim() === "" ? t("act.missing") : null}
        onChange={setStatus}
      />
      <datalist id={list}>
        {states
          .filter((word) => word !== "" && word !== document.status)
          .map((word) => (
            <option key={word} value={word} />
          ))}
      </datalist>
    </FormDialog>
  );
}
