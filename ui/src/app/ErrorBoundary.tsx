import { Component, type ReactNode } from "react";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { useT } from "../i18n/language.tsx";
import styles from "./ErrorBoundary.module.css";

type Props = {
  /** What is shown. Something else begins without the mistake, and nothing else begins anew. */
  about?: string | null;
  children: ReactNode;
};
type State = { failed: boolean; about: Props["about"] };

/** Keeps a mistake in one pane from taking the window with it. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { failed: false, about: this.props.about };

  static getDerivedStateFromProps({ about }: Props, state: State): State | null {
    return about === state.about ? null : { failed: false, about };
  }

  static getDerivedStateFromError(): Partial<State> {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return <Stopped onAgain={() => this.setState({ failed: false })} />;
  }
}

function Stopped({ onAgain }: { onAgain: () => void }) {
  const t = useT();
  return (
    <div className={styles.stopped}>
      <Banner
        tone="red"
        action={
          <Button size="small" onClick={onAgain}>
            {t("common.crash.again")}
          </Button>
        }
      >
        <strong>{t("common.crash.title")}</strong> {t("common.crash.safe")}
      </Banner>
    </div>
  );
}
