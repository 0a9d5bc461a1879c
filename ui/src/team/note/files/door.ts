import { EditorSelection, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** Takes files that are dropped on a note or pasted into it; words go the editor's own way. */
export function fileDoor(onFiles: (files: readonly File[]) => void): Extension {
  return EditorView.domEventHandlers({
    dragover: (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return false;
      event.preventDefault();
      return true;
    },
    drop: (event, view) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return false;
      event.preventDefault();
      const place = view.posAtCoords({ x: event.clientX, y: event.clientY });
      if (place !== null) view.dispatch({ selection: EditorSelection.cursor(place) });
      view.focus();
      onFiles(files);
      return true;
    },
    paste: (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      // A table copied from a sheet brings its picture along: the words are meant.
      const words = event.clipboardData?.getData("text/plain") ?? "";
      if (files.length === 0 || words.trim() !== "") return false;
      event.preventDefault();
      onFiles(files);
      return true;
    },
  });
}
