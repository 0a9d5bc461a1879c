//! What a team shares, on this desk: notes, records, activity, presence, and the queue of what is not yet told.
