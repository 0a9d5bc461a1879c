//! Provider over IMAP, submission over SMTP.
