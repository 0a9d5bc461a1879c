//! The order of migrations. Append only: a table's later migration goes to the end, beside no other.

use kontor_sqlite::Migration;

use crate::{
    account, blob, change, crm, dictionary, draft, folder, layer_stat, message, message_text,
    operation, outbox, placement, search, setting, sync_request, team, thread, trusted_sender,
};

pub(crate) const MIGRATIONS: &[Migration] = &[
    account::MIGRATION,
    folder::MIGRATION,
    blob::MIGRATION,
    thread::MIGRATION,
    message::MIGRATION,
    message_text::MIGRATION,
    placement::MIGRATION,
    search::MIGRATION,
    search::WORD_MIGRATION,
    operation::MIGRATION,
    outbox::MIGRATION,
    draft::MIGRATION,
    change::MIGRATION,
    setting::MIGRATION,
    trusted_sender::MIGRATION,
    sync_request::MIGRATION,
    layer_stat::MIGRATION,
    dictionary::MIGRATION,
    search::MERGE_MIGRATION,
    team::MIGRATION,
    team::op::MIGRATION,
    team::note::MIGRATION,
    team::field::MIGRATION,
    team::member::MIGRATION,
    outbox::asking::MIGRATION,
    team::SNAPSHOT_MIGRATION,
    team::base::MIGRATION,
    team::within::MIGRATION,
    team::file::MIGRATION,
    crm::facts::MIGRATION,
    crm::customer::MIGRATION,
    crm::document::MIGRATION,
    crm::followed::MIGRATION,
    crm::seen::MIGRATION,
];
