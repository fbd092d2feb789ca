//! The JSON Schemas that editors complete and check configuration files with; made of the raw shapes themselves.

use crate::settings::{document, file::GatehouseFile};

use super::file::TenantFile;

/// A schema file's name in the configuration folder, and its text.
pub fn files() -> [(&'static str, String); 2] {
    [
        ("gatehouse.schema.json", pretty(&document::schema_of::<GatehouseFile>())),
        ("tenant.schema.json", pretty(&document::schema_of::<TenantFile>())),
    ]
}

fn pretty(schema: &serde_json::Value) -> String {
    format!("{schema:#}\n")
}
