//! Datasets on disk: writers, resume, readers, merge, audit and contact sheets.
