//! Organisations before anything happens.

use kontor_protocol::{DeviceId, MemberId, Role};
use kontor_server::core::identity::secret::token_hash;
use kontor_server::core::storage::{Joined, Joining, NewDevice, NewInvitation, NewOrg, Storage};

use crate::place::{NAMES, moment, token};
use crate::wire::Org;

/// An organisation to be made.
pub(crate) struct NewTeam {
    org: NewOrg,
    colleagues: Vec<(MemberId, &'static str)>,
}

impl NewTeam {
    pub(crate) fn of(org: &Org, members: &[MemberId]) -> Self {
        let name = |n: usize| {
            if org.name == "vijak" {
                NAMES[5]
            } else {
                NAMES[n]
            }
        };
        let org = NewOrg {
            id: org.id,
            name: org.name.to_owned(),
            thread_key: org.thread_key.clone(),
            admin: members[0],
            email: format!("{}@{}.example", name(0).to_lowercase(), org.name),
            password: "$argon2id$none".to_owned(),
            now: moment(0),
        };
        let colleagues = members
            .iter()
            .enumerate()
            .skip(1)
            .map(|(n, member)| (*member, name(n)));
        Self {
            org,
            colleagues: colleagues.collect(),
        }
    }
}

/// Makes it, with everybody's devices.
pub(crate) async fn set_up(storage: impl Storage, team: NewTeam, seats: Vec<(MemberId, DeviceId)>) {
    let (org, now) = (team.org.id, moment(0));
    storage.create_org(team.org).await.unwrap();
    for (member, name) in team.colleagues {
        let code_hash = token_hash(&member.to_string());
        let invitation = NewInvitation {
            org,
            code_hash,
            role: Role::Member,
            expires_at: moment(60),
        };
        storage.invite(invitation).await.unwrap();
        let joining = Joining {
            code_hash,
            member,
            name: name.to_owned(),
            email: format!("{}@hrast.example", name.to_lowercase()),
            password: "$argon2id$none".to_owned(),
            company: None,
            now,
        };
        assert_eq!(
            storage.join(joining).await.unwrap(),
            Joined::New(org),
            "a new colleague"
        );
    }
    for (member, id) in seats {
        let name = "desk".to_owned();
        let token_hash = token_hash(&token(id));
        storage
            .add_device(NewDevice {
                id,
                org,
                member,
                name,
                token_hash,
                now,
            })
            .await
            .unwrap();
    }
}
