import { Paperclip } from "lucide-react";
import { useRef } from "react";
import { IconButton } from "../../../components/IconButton.tsx";
import { useT } from "../../../i18n/language.tsx";

/** The button that asks the computer for files. */
export function AddFiles({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const t = useT();
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          const files = [...(target.files ?? [])];
          // The same file may be chosen again.
          target.value = "";
          onFiles(files);
        }}
      />
      <IconButton
        icon={Paperclip}
        label={t("team.files.add")}
        onClick={() => field.current?.click()}
      />
    </>
  );
}
