"""The target's volumes: attach, with an ordinary directory as the target's tree, and another mount namespace as the app's container."""

import ctypes
import os
import subprocess

from fixture import OWN_FAILURE, PATIENCE, ProgramTest

USAGE = b"usage: attach TREE NAMESPACE [r|w]PATH...\n"


class Attaching(ProgramTest):
    options = ("-m",)

    def setUp(self):
        super().setUp()
        for directory in ("tree" + self.directory + "/etc/config", "tree" + self.directory + "/own/sub", "etc"):
            os.makedirs(self.path(directory))
        self.write("etc/config/key", "value\n")
        self.write("etc/single", "one file\n")
        self.write("own/file", "of the target\n")
        self.app = self.start(["unshare", *self.options, "sh", "-c", "echo ready; exec sleep 1000"])
        self.assertEqual(self.app.stdout.readline(), b"ready\n")

    def in_tree(self, name):
        return self.path("tree" + self.path(name))

    def write(self, name, text):
        with open(self.in_tree(name), "w", encoding="utf-8") as file:
            file.write(text)

    def attach(self, *volumes, code=0):
        words = [volume[0] + self.path(volume[1:]) for volume in volumes]
        process = self.start_program("attach", self.path("tree"), f"/proc/{self.app.pid}/ns/mnt", *words)
        out, error = self.finish(process, code)
        self.assertEqual(out, b"")
        return error.decode().replace(self.directory + "/", "")

    def there(self, script):
        """What a shell in the other namespace prints."""
        command = ["nsenter", "-t", str(self.app.pid), "-m", "sh", "-c", f"cd {self.directory}; {script}"]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=PATIENCE).stdout.decode()

    def mounts(self):
        return self.there(f"grep -c {self.directory} /proc/self/mountinfo").strip()


class AttachTest(Attaching):
    def test_directories_and_files_are_mounted_there_and_nowhere_else(self):
        self.assertEqual(self.attach("retc/config", "retc/single"), "")
        self.assertEqual(self.there("cat etc/config/key etc/single"), "value\none file\n")
        self.assertEqual(os.listdir(self.path("etc/config")), [])
        self.assertEqual(os.path.getsize(self.path("etc/single")), 0)

    def test_what_is_to_be_read_cannot_be_written(self):
        self.attach("retc/config", "retc/single")
        out = self.there("echo x >etc/config/new; echo x >etc/config/key; echo x >etc/single; rm etc/config/key")
        self.assertEqual(out.count("Read-only file system"), 4, out)

    def test_what_may_be_written_is_written_in_the_tree(self):
        self.assertEqual(self.attach("wetc/config"), "")
        self.there("echo new >etc/config/key")
        with open(self.in_tree("etc/config/key"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "new\n")

    def test_places_are_made_through_the_containers_links(self):
        os.makedirs(self.path("run"))
        os.symlink("run", self.path("link"))
        os.makedirs(self.in_tree("link/secrets/deep"))
        self.assertEqual(self.attach("rlink/secrets/deep"), "")
        self.assertIn(self.path("run/secrets/deep"), self.there("cut -d' ' -f5 /proc/self/mountinfo"))

    def test_links_of_the_target_stay_in_its_tree(self):
        os.makedirs(self.in_tree("real"))
        with open(self.in_tree("real/file"), "w", encoding="utf-8") as file:
            file.write("real\n")
        os.symlink(self.path("real"), self.in_tree("alias"))
        self.assertEqual(self.attach("ralias"), "")
        self.assertEqual(self.there("cat alias/file"), "real\n")

    def test_a_mount_of_the_containers_own_stays(self):
        self.there("mkdir own; mount -t tmpfs none own; echo mine >own/file")
        self.assertEqual(self.attach("rown"), "mirrord: not mounted: the target's volume own: the container has a mount of its own at own\n")
        self.assertEqual(self.there("cat own/file"), "mine\n")

    def test_a_mount_of_the_containers_own_is_not_hidden(self):
        self.there("mkdir -p own/sub; mount -t tmpfs none own/sub; echo mine >own/sub/file")
        self.assertEqual(self.attach("rown"), "mirrord: not mounted: the target's volume own: the container has a mount of its own at own/sub\n")
        self.assertEqual(self.there("cat own/sub/file"), "mine\n")

    def test_a_volume_in_a_volume_is_mounted_on_it(self):
        self.attach("rown", "wown/sub")
        self.assertIn("Read-only", self.there("echo x >own/new"))
        self.assertEqual(self.there("echo x >own/sub/new; cat own/sub/new"), "x\n")

    def test_a_read_only_root_without_the_place_is_said(self):
        self.there("mount --bind . .; mount -o remount,ro,bind .")
        error = self.attach("retc/config", code=1)
        self.assertIn("cannot mount the target's volume etc/config: the place: EROFS", error)
        self.assertIn("make it in the image", error)

    def test_a_read_only_root_with_the_place_is_served(self):
        os.makedirs(self.path("etc/config"))
        self.there("mount --bind . .; mount -o remount,ro,bind .")
        self.assertEqual(self.attach("retc/config"), "")

    def test_a_file_in_the_place_of_a_directory_is_said(self):
        with open(self.path("own"), "w", encoding="utf-8"):
            pass
        self.assertIn("the image has a file there", self.attach("rown", code=1))

    def test_what_the_target_does_not_have_is_said_and_the_rest_is_mounted(self):
        self.assertEqual(
            self.attach("rmissing", "retc/config"),
            "mirrord: not mounted: the target's volume missing: in the target: ENOENT: no such file or directory\n",
        )
        self.assertEqual(self.there("cat etc/config/key"), "value\n")
        self.assertFalse(os.path.exists(self.path("missing")))

    def test_what_a_dead_sidecar_left_is_replaced(self):
        os.makedirs(self.path("etc/config"))
        device = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
        place = self.path("etc/config")
        libc = ctypes.CDLL(None, use_errno=True)
        child = os.fork()
        if child == 0:
            namespace = os.open(f"/proc/{self.app.pid}/ns/mnt", os.O_RDONLY)
            failed = libc.setns(namespace, 0x20000) or libc.mount(b"mirrord", place.encode(), b"fuse.mirrord", 0, options.encode())
            os._exit(failed and 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        os.close(device)
        self.assertIn("not connected", self.there("cat etc/config/key"))
        self.assertEqual(self.attach("retc/config"), "")
        self.assertEqual(self.there("cat etc/config/key"), "value\n")
        self.assertEqual(self.mounts(), "1")

    def test_wrong_words_are_refused(self):
        self.assertEqual(self.finish(self.start_program("attach", "/"), OWN_FAILURE)[1], USAGE)
        self.assertIn(b"not a volume: x/etc", self.finish(self.start_program("attach", "/", "/proc/self/ns/mnt", "x/etc"), OWN_FAILURE)[1])


class UserNamespaceTest(Attaching):
    options = ("-m", "-U", "-r")

    def test_another_user_namespace_is_refused(self):
        self.assertIn("user namespace of its own", self.attach("retc/config", code=1))
        self.assertEqual(self.mounts(), "0")
