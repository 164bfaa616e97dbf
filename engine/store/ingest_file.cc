#include "engine/store/ingest_file.h"

#include <map>
#include <utility>

#include <rocksdb/env.h>

#include "engine/store/rocks_status.h"

namespace lumbung {

IngestFile::IngestFile(const rocksdb::Options& options, rocksdb::ColumnFamilyHandle* family,
                       std::string path)
    : env_(options.env),
      family_(family),
      path_(std::move(path)),
      writer_(rocksdb::EnvOptions(options), options, family, /*invalidate_page_cache=*/false) {}

IngestFile::~IngestFile() {
  // What can't be deleted now is deleted at the next opening.
  env_->DeleteFile(path_).PermitUncheckedError();
}

Status IngestFile::OpenOnce() {
  if (open_) {
    return Status::Ok();
  }
  open_ = true;
  return FromRocks(writer_.Open(path_), "write " + path_);
}

Status IngestFile::Put(std::string_view key, std::string_view value) {
  LUMBUNG_RETURN_IF_ERROR(OpenOnce());
  const rocksdb::Status status = writer_.Put(key, value);
  return status.ok() ? Status::Ok() : FromRocks(status, "write " + path_);
}

Status IngestFile::Delete(std::string_view key) {
  LUMBUNG_RETURN_IF_ERROR(OpenOnce());
  const rocksdb::Status status = writer_.Delete(key);
  return status.ok() ? Status::Ok() : FromRocks(status, "write " + path_);
}

Status IngestFile::Finish() { return FromRocks(writer_.Finish(&info_), "write " + path_); }

Status Ingest(rocksdb::DB* db, const IngestFiles& files) {
  std::map<std::uint32_t, rocksdb::IngestExternalFileArg> families;
  for (const std::unique_ptr<IngestFile>& file : files) {
    rocksdb::IngestExternalFileArg& arg = families[file->family_->GetID()];
    arg.column_family = file->family_;
    arg.external_files.push_back(file->path_);
    arg.files_checksums.push_back(file->info_.file_checksum);
    arg.files_checksum_func_names.push_back(file->info_.file_checksum_func_name);
    arg.options.move_files = true;
    arg.options.write_global_seqno = false;
    // They were computed a moment ago, from the same bytes.
    arg.options.verify_file_checksum = false;
  }
  std::vector<rocksdb::IngestExternalFileArg> args;
  for (auto& [id, arg] : families) {
    args.push_back(std::move(arg));
  }
  return FromRocks(db->IngestExternalFiles(args), "install into the derived store");
}

}  // namespace lumbung
