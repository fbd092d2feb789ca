//! Mail as files, for development: one `.eml` per message, whole or not at all.

use std::path::PathBuf;

use super::{MailError, Mailer, Message, Sender, Signature, mime};

/// Writes `.eml` files into a folder. They hold codes: not for production.
#[derive(Debug, Clone)]
pub struct FolderMailer {
    folder: PathBuf,
    sender: Sender,
    signature: Option<Signature>,
}

impl FolderMailer {
    /// `folder` is made when the first message comes.
    pub fn new(folder: PathBuf, sender: Sender) -> Self {
        Self { folder, sender, signature: None }
    }

    /// Every mail is signed from now on (RFC 6376).
    #[must_use]
    pub fn signing(self, signature: Option<Signature>) -> Self {
        Self { signature, ..self }
    }
}

#[async_trait::async_trait]
impl Mailer for FolderMailer {
    async fn send(&self, message: Message) -> Result<(), MailError> {
        // Names sort by time: the id is a UUID v7.
        let name = message.id.simple().to_string();
        let bytes = mime::compose(message, &self.sender, self.signature.as_ref())?.octets;
        let (draft, done) = (self.folder.join(format!(".{name}")), self.folder.join(format!("{name}.eml")));
        let written = async {
            tokio::fs::create_dir_all(&self.folder).await?;
            tokio::fs::write(&draft, bytes).await?;
            tokio::fs::rename(&draft, &done).await
        };
        written.await.map_err(|error| MailError::Unreachable(format!("the outbox folder can't be written: {}", error.kind())))
    }
}
