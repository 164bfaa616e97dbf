#include "tests/golden/schema_list.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>

#include "engine/store/posix.h"

namespace lumbung {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// What protoc makes of the files, which are relative to `folder`.
Result<google::protobuf::FileDescriptorSet> Parse(const std::string& folder,
                                                  const std::vector<std::string>& files) {
  std::string work_dir = std::filesystem::temp_directory_path() / "schema_list.XXXXXX";
  if (mkdtemp(work_dir.data()) == nullptr) {
    return Status::IoError("no temporary directory can be made");
  }
  std::string command = std::string(LUMBUNG_PROTOC) + " --proto_path='" + folder +
                        "' --descriptor_set_out='" + work_dir + "/set'";
  for (const std::string& file : files) {
    command += " '" + file + "'";
  }
  const int exit_code = std::system(command.c_str());
  const Result<std::string> bytes = ReadFile(work_dir + "/set");
  std::filesystem::remove_all(work_dir);
  google::protobuf::FileDescriptorSet set;
  if (exit_code != 0 || !bytes.ok() || !set.ParseFromString(*bytes)) {
    return Status::InvalidArgument("protoc does not take the schemas");
  }
  return set;
}

// The name without the package.
template <typename Named>
std::string ShortName(const Named& named) {
  const std::string& package = named.file()->package();
  return package.empty() ? named.full_name() : named.full_name().substr(package.size() + 1);
}

std::string TypeName(const FieldDescriptor& field) {
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    return ShortName(*field.message_type());
  }
  return field.type() == FieldDescriptor::TYPE_ENUM ? ShortName(*field.enum_type())
                                                    : field.type_name();
}

std::string LineOf(const FieldDescriptor& field) {
  std::string line = ShortName(*field.containing_type()) + "." + field.name() + " = " +
                     std::to_string(field.number()) + " ";
  if (field.is_repeated()) {
    line += field.is_packable() && !field.is_packed() ? "repeated unpacked " : "repeated ";
  } else if (field.has_optional_keyword()) {
    line += "optional ";
  }
  line += TypeName(field);
  if (field.real_containing_oneof() != nullptr) {
    line += " in oneof " + field.real_containing_oneof()->name();
  }
  return line;
}

// Why a field may not be in a schema; empty if it may.
std::string Fault(const FieldDescriptor& field) {
  if (field.is_map()) {
    return "is a map";
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE ||
      field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
    return "is a floating-point number";
  }
  if (field.has_json_name() && field.json_name() != field.camelcase_name()) {
    return "has a JSON name of its own";
  }
  return {};
}

class Lister {
 public:
  void Add(const google::protobuf::FileDescriptor& file) {
    if (file.syntax() != google::protobuf::FileDescriptor::SYNTAX_PROTO3 ||
        file.extension_count() > 0) {
      fault_ = file.name() + " is not plain proto3";
    }
    for (int i = 0; i < file.message_type_count(); ++i) {
      Add(*file.message_type(i));
    }
    for (int i = 0; i < file.enum_type_count(); ++i) {
      Add(*file.enum_type(i));
    }
  }

  const std::vector<std::string>& lines() const { return lines_; }
  const std::string& fault() const { return fault_; }

 private:
  void Add(const Descriptor& message) {
    if (message.reserved_range_count() + message.reserved_name_count() > 0) {
      fault_ = ShortName(message) + " reserves what must stay: fields are never removed";
    }
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      lines_.push_back(LineOf(field));
      if (const std::string fault = Fault(field); !fault.empty()) {
        fault_ = ShortName(message) + "." + field.name() + " " + fault;
      }
    }
    for (int i = 0; i < message.enum_type_count(); ++i) {
      Add(*message.enum_type(i));
    }
    for (int i = 0; i < message.nested_type_count(); ++i) {
      Add(*message.nested_type(i));
    }
  }

  void Add(const EnumDescriptor& type) {
    if (type.reserved_range_count() + type.reserved_name_count() > 0) {
      fault_ = ShortName(type) + " reserves what must stay: values are never removed";
    }
    for (int i = 0; i < type.value_count(); ++i) {
      lines_.push_back(ShortName(type) + "." + type.value(i)->name() + " = " +
                       std::to_string(type.value(i)->number()));
    }
  }

  std::vector<std::string> lines_;
  std::string fault_;
};

// "Message.field" of a line, and "Message = number".
std::string NameOf(const std::string& line) { return line.substr(0, line.find(' ')); }
std::string PlaceOf(const std::string& line) {
  const std::string name = NameOf(line);
  const std::size_t number = name.size() + 3;
  return name.substr(0, name.rfind('.')) + " = " +
         line.substr(number, line.find(' ', number) - number);
}

}  // namespace

Result<std::vector<std::string>> ListSchemas(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    // What is not ours (google/rpc) changes as its owners want.
    const std::string file = entry.path().lexically_relative(folder).string();
    if (entry.path().extension() == ".proto" && !file.starts_with("google/")) {
      files.push_back(file);
    }
  }
  std::sort(files.begin(), files.end());
  const Result<google::protobuf::FileDescriptorSet> set = Parse(folder, files);
  LUMBUNG_RETURN_IF_ERROR(set.status());
  google::protobuf::SimpleDescriptorDatabase database;
  for (const auto& file : set->file()) {
    database.Add(file);
  }
  google::protobuf::DescriptorPool pool(&database);
  Lister lister;
  for (const std::string& file : files) {
    const google::protobuf::FileDescriptor* descriptor = pool.FindFileByName(file);
    if (descriptor == nullptr) {
      return Status::InvalidArgument(file + " can't be put together");
    }
    lister.Add(*descriptor);
  }
  if (!lister.fault().empty()) {
    return Status::InvalidArgument(lister.fault());
  }
  return lister.lines();
}

SchemaDifference CompareSchemas(const std::vector<std::string>& kept,
                                const std::vector<std::string>& now) {
  SchemaDifference difference;
  const std::set<std::string> current(now.begin(), now.end());
  std::set<std::string> lines;
  std::set<std::string> names;
  std::set<std::string> places;
  for (const std::string& line : kept) {
    const bool is_new = lines.insert(line).second;
    if (!is_new || !names.insert(NameOf(line)).second || !places.insert(PlaceOf(line)).second) {
      difference.broken.push_back("the list says twice: " + line);
    }
    if (!current.contains(line)) {
      difference.broken.push_back("gone or changed: " + line);
    }
  }
  for (const std::string& line : now) {
    if (lines.contains(line)) {
      continue;
    }
    if (names.contains(NameOf(line)) || places.contains(PlaceOf(line))) {
      difference.broken.push_back("takes a name or number that is taken for ever: " + line);
    } else {
      difference.added.push_back(line);
    }
  }
  return difference;
}

}  // namespace lumbung
