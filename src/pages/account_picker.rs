//! One address, several homes: which account is meant? Every row names its home.

use askama::Template;

use super::{FlowForms, Frame, Icon, Provider, write};

#[derive(Clone, Template)]
#[template(path = "account_picker.html")]
pub struct AccountPicker {
    pub frame: Frame,
    pub forms: FlowForms,
    pub homes: Vec<Home>,
}

/// One account.
#[derive(Debug, Clone)]
pub struct Home {
    pub provider: Provider,
    pub address: String,
}

impl AccountPicker {
    pub fn render(&self) -> String {
        write(self)
    }

    pub fn sample() -> Self {
        let home = |id: &str, name: &str, icon| Home {
            provider: Provider { id: id.into(), name: name.into(), icon },
            address: "ana@fabrikam.example".into(),
        };
        Self {
            frame: Frame::sample(),
            forms: FlowForms::sample(),
            homes: vec![
                home("fabrikam", "Fabrikam", Icon::Directory),
                home("microsoft", "Microsoft Entra", Icon::Microsoft),
                home("microsoft-account", "Microsoft account", Icon::MicrosoftAccount),
            ],
        }
    }

    fn heading(&self) -> String {
        self.frame.text("picker-title").into_owned()
    }
}
