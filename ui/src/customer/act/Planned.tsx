import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { actsQuery } from "../../api/acts.ts";
import type { ActView } from "../../api/bindings.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./Act.module.css";
import { ActDialog } from "./ActDialog.tsx";

/** What waits for a person: planned ones to be looked at and confirmed, others to be read. */
export function Planned() {
  const t = useT();
  const { data: acts } = useQuery(actsQuery);
  const [open, setOpen] = useState<ActView | null>(null);
  const waiting = (acts ?? []).filter(({ state }) => state !== "written");
  const first = waiting.at(-1);
  return (
    <>
      {first === undefined ? null : (
        <div className={styles.planned}>
          <Banner
            tone={waiting.some(({ state }) => state === "cannot_tell") ? "amber" : "blue"}
            action={
              <Button size="small" onClick={() => setOpen(first)}>
                {t("act.look")}
              </Button>
            }
          >
            {t("act.planned", { n: waiting.length })}
          </Banner>
        </div>
      )}
      {open ? <ActDialog planned={open} onClose={() => setOpen(null)} /> : null}
    </>
  );
}
