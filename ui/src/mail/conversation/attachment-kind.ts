/** The badge of an attachment: up to four letters, and the tone of its ground. */
export type Kind = { label: string; tone: "red" | "green" | "blue" | "violet" | "amber" | "plain" };

const BY_EXTENSION: [tone: Kind["tone"], label: string | null, extensions: string][] = [
  ["red", "PDF", "pdf"],
  ["green", "XLS", "xls xlsx xlsm ods"],
  ["green", "CSV", "csv tsv"],
  ["blue", "DOC", "doc docx odt rtf"],
  ["amber", "PPT", "ppt pptx odp"],
  ["violet", "IMG", "png jpg jpeg gif webp heic svg tif tiff bmp"],
  ["violet", "DWG", "dwg dxf step stp"],
  ["amber", "ZIP", "zip 7z rar gz tar"],
  ["blue", "EML", "eml msg"],
  ["blue", "ICS", "ics"],
];

const BY_TYPE: [prefix: string, tone: Kind["tone"], label: string][] = [
  ["application/pdf", "red", "PDF"],
  ["image/", "violet", "IMG"],
  ["message/", "blue", "EML"],
  ["text/calendar", "blue", "ICS"],
  ["text/csv", "green", "CSV"],
];

/** By the name first, as people do; the declared type is often only "octet-stream". */
export const kindOf = (name: string, contentType: string): Kind => {
  const extension = /\.([A-Za-z0-9]{1,5})$/u.exec(name)?.[1]?.toLowerCase() ?? "";
  for (const [tone, label, extensions] of BY_EXTENSION) {
    if (extension !== "" && extensions.split(" ").includes(extension)) {
      return { label: label ?? extension.toUpperCase(), tone };
    }
  }
  for (const [prefix, tone, label] of BY_TYPE) {
    if (contentType.startsWith(prefix)) return { label, tone };
  }
  return { label: extension.slice(0, 4).toUpperCase() || "FILE", tone: "plain" };
};
