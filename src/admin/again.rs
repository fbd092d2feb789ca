//! An invitation mailed again, revoked, or made anew: `guests` decides, within what this client may reach.

use serde::Deserialize;

use super::{
    desk::{Answer, Desk},
    invitations, invite,
    problem::Problem,
};
use crate::guests::{self, Delivery};

/// How the new link travels.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Again {
    /// False: the answer has the link.
    send_invitation_message: Option<bool>,
}

impl Again {
    fn delivery(&self, is_mailed: bool) -> Delivery {
        if self.send_invitation_message.unwrap_or(is_mailed) { Delivery::Mail } else { Delivery::Link }
    }
}

pub(super) async fn resend(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let delivery = desk.body::<Again>()?.delivery(true);
    let id = invitations::found(desk).await?.invitation.id;
    let invited = guests::resend(&desk.house.inviter, desk.tenant(), &invite::by(desk), id, delivery).await?;
    Ok(Answer { status: 200, ..invite::answered(desk, invited)? })
}

pub(super) async fn reissue(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let asked = desk.body::<Again>()?;
    let old = invitations::found(desk).await?.invitation;
    let delivery = asked.delivery(old.is_mailed);
    invite::answered(desk, guests::reissue(&desk.house.inviter, desk.tenant(), &invite::by(desk), old.id, delivery).await?)
}

pub(super) async fn revoke(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let id = invitations::found(desk).await?.invitation.id;
    let file = guests::revoke(&desk.house.inviter, desk.tenant(), &invite::by(desk), id).await?;
    invitations::answered(desk, &file)
}
