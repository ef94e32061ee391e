//! Makes the table of public suffixes that cors-core reads from the list that <https://publicsuffix.org>
//! publishes, or prints the rules of the present one:
//!
//! ```console
//! cargo run -p cors-core --example public_suffix_table -- public_suffix_list.dat
//! cargo run -p cors-core --example public_suffix_table
//! ```

mod table;

use std::error::Error;
use std::{env, fs};

const TABLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/origin/public_suffix/table.bin"
);

fn main() -> Result<(), Box<dyn Error>> {
    let Some(path) = env::args_os().nth(1) else {
        print!("{}", table::decode(&fs::read(TABLE)?));
        return Ok(());
    };
    let list = fs::read_to_string(path)?;
    let table = table::encode(&list)?;
    let rules = table::rules(&list)?;
    if table::rules(&table::decode(&table))? != rules {
        return Err("the table does not hold the rules of the list".into());
    }
    fs::write(TABLE, &table)?;
    println!("{} rules in {} bytes", rules.len(), table.len());
    Ok(())
}
