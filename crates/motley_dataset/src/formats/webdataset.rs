//! WebDataset (<https://github.com/webdataset/webdataset>): tar archives in which a sample's files share their stem.
//!
//! Headers hold nothing of the machine or the time, so that the same frames make the same archive.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use tar::{Builder, EntryType, Header};

use crate::{
    DatasetError, Manifest, formats,
    layout::Layout,
    records::{Head, Records},
};

/// Samples in one archive.
pub(crate) const SAMPLES: usize = 1000;

/// File name of the n-th archive, relative to the dataset's folder.
pub(crate) fn shard_name(number: usize) -> String {
    format!("shard-{number:06}.tar")
}

/// Extensions of the frame's files that go into archives: boxes are in the record.
pub(crate) fn members(manifest: &Manifest) -> impl Iterator<Item = &'static str> {
    manifest.extensions().into_iter().filter(|extension| *extension != "txt")
}

/// Writes `shard-000000.tar` and so on.
pub(crate) fn write(layout: &Layout, manifest: &Manifest, records: &Records, temp: &Path) -> Result<(), DatasetError> {
    let indices: Vec<_> = records.indices().collect();
    for (number, samples) in indices.chunks(SAMPLES).enumerate() {
        formats::whole(temp, &layout.out.join(shard_name(number)), |file| {
            let mut archive = Builder::new(file);
            for index in samples {
                add_sample(&mut archive, layout, manifest, records, *index)?;
            }
            archive.finish().map_err(DatasetError::io("write", temp))
        })?;
    }
    Ok(())
}

fn add_sample(
    archive: &mut Builder<impl Write>,
    layout: &Layout,
    manifest: &Manifest,
    records: &Records,
    index: u64,
) -> Result<(), DatasetError> {
    let head: Head = records.get(index)?;
    let record = records.raw(index)?;
    let mut add = |extension: &str, length: u64, bytes: &mut dyn io::Read| {
        let name = format!("{index:06}.{extension}");
        append(archive, &name, length, bytes).map_err(DatasetError::io("write", &name))
    };
    add("cls", head.class_id.to_string().len() as u64, &mut head.class_id.to_string().as_bytes())?;
    add("json", record.len() as u64, &mut record.as_bytes())?;
    for extension in members(manifest) {
        let path = layout.files().join(manifest.file_name(&head.class, index, extension));
        let length = fs::metadata(&path).map_err(DatasetError::io("read", &path))?.len();
        add(extension, length, &mut File::open(&path).map_err(DatasetError::io("read", &path))?)?;
    }
    Ok(())
}

fn append(archive: &mut Builder<impl Write>, name: &str, length: u64, bytes: &mut dyn io::Read) -> io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_entry_type(EntryType::Regular);
    header.set_size(length);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_cksum();
    archive.append(&header, bytes)
}
