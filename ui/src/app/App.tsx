import { ToastRegion } from "../components/ToastRegion.tsx";
import { TooltipProvider } from "../components/Tooltip.tsx";
import { LanguageProvider } from "../i18n/language.tsx";

export function App() {
  return (
    <LanguageProvider language="en">
      <TooltipProvider>
        <ToastRegion />
      </TooltipProvider>
    </LanguageProvider>
  );
}
