import type { DocumentView } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { useT } from "../../i18n/language.tsx";
import { useDossier } from "../use-dossier.ts";
import styles from "./Act.module.css";
import { ActDialog } from "./ActDialog.tsx";
import { usePlan } from "./use-plan.ts";

type Props = { thread: string; message: string; part: number; name: string; onClose: () => void };

/** Puts a mail's file beside one of the customer's documents. */
export function AttachDialog({ thread, message, part, name, onClose }: Props) {
  const t = useT();
  const { data: dossier } = useDossier(thread);
  const documents = dossier?.customer?.documents ?? [];
  const { planned, plan } = usePlan(({ id, docType }: DocumentView) =>
    api.planAttachment(message, part, { id, docType }),
  );
  if (planned) return <ActDialog planned={planned} onClose={onClose} />;
  return (
    <Dialog open onClose={onClose} title={t("act.attachTitle")} description={name}>
      {documents.length === 0 ? <p>{t("act.attachNobody")}</p> : null}
      <ul className={styles.twins}>
        {documents.map((document) => (
          <li key={document.id} className={styles.twin}>
            <span className={styles.twinName}>
              {document.number}
              <span className={styles.quiet}>{t(`customer.kind.${document.kind}`)}</span>
            </span>
            <Button
              size="small"
              disabledReason={plan.isPending ? t("act.asking") : null}
              onClick={() => plan.mutate(document)}
            >
              {t("act.next")}
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
