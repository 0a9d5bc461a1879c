import { Menu } from "lucide-react";
import { IconButton } from "../components/IconButton.tsx";
import { useT } from "../i18n/language.tsx";
import { useForm } from "./layout.ts";
import { showOverlay } from "./overlay.ts";

/** Calls the rail in where it has no place of its own: the way out of a page in a narrow window. */
export function MenuButton() {
  const t = useT();
  const form = useForm();
  if (form !== "one" && form !== "drawer") return null;
  return (
    <IconButton
      icon={Menu}
      iconSize={form === "one" ? 20 : 16}
      label={t("common.menu")}
      onClick={() => showOverlay({ kind: "drawer" })}
    />
  );
}
